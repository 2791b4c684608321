"""The outside world, played on its true wire formats. Imports nothing from `canbao`, on purpose.

A program of its own, so that it cannot share a mistake with the code it is there to test. Each
folder is one twin of an outside party: `wechat/` plays WeChat Pay APIv3, `tax/` the tax authority that is told
assessments, `medical/` medical insurance that is told what was paid and who is covered.
"""
