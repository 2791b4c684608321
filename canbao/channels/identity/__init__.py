"""身份: a provider that proves who somebody is, and whether their e-credential (医保电子凭证) is active."""

from canbao.channels.identity.port import IdentityDown, IdentityProvider, Proof, ProofRefused
from canbao.channels.identity.provider import SignedRedirect, read_keys

__all__ = ["IdentityDown", "IdentityProvider", "Proof", "ProofRefused", "SignedRedirect", "read_keys"]
