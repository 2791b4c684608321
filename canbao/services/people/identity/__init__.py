"""身份 and who may act for whom: short logins, activating an e-credential, linked family."""
