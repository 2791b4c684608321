"""银联商务's open platform, played for one merchant: H5 orders, their notices, refunds, statements."""
