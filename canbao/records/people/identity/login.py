"""登录: a short server-side row behind a signed cookie. Residents are never Django users."""

from django.db import models

from canbao.records.fields import Bucketed, gene_check, once


class Login(Bucketed):
    """Who proved to be whom, how surely, until when; in the bucket of the number. The token is kept as its hash.

    `level`: real_name or face. `credential_active`: of the e-credential, as the provider said then (FY-07).
    """

    token_hash = models.CharField(max_length=64)
    holder_sealed = models.BinaryField()
    level = models.CharField(max_length=12)
    credential_active = models.BooleanField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "login"
        constraints = (
            gene_check("login"),
            once("login_token_once", "token_hash"),
            models.CheckConstraint(
                condition=models.Q(level__in=("real_name", "face")), name="login_level_known"
            ),
        )
