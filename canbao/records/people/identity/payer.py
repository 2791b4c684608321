"""代缴人: who paid an order for others, known where the payer was logged in (LZ-20, 代他人缴费查询)."""

from django.db import models

from canbao.records.fields import Bucketed, gene_check, once


class OrderPayer(Bucketed):
    """One order, in the bucket of its payer's number; the payer need not be on the register."""

    payer_index = models.CharField(max_length=32)
    order_no = models.CharField(max_length=17)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "order_payer"
        constraints = (gene_check("order_payer"), once("order_payer_once", "payer_index", "order_no"))
