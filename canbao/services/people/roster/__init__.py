"""名册: a department's roster, from the file as received to marks, one folder for its verbs.

`take` keeps, tries and applies; `judge` says what each row comes to; `match` looks for whom a doubtful row may mean.
"""
