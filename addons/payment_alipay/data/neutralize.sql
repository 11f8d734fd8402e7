-- disable alipay payment provider
UPDATE payment_provider
   SET alipay_app_id = NULL,
       alipay_seller_id = NULL,
       alipay_private_key = NULL,
       alipay_public_key = NULL,
       alipay_sandbox = FALSE;
