"""Alipay's open gateway (支付宝开放平台) for one merchant: wap pay, notices, refunds, bills."""
