"""WeChat Pay APIv3 for a direct merchant (直连商户), as the merchant's server sees it."""
