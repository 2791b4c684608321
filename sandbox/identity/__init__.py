"""A twin of an identity provider: proves who somebody is, activates e-credentials, signs what it says."""
