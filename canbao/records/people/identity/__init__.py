"""身份: short logins that a provider vouched for, and whom each payer pays for."""
