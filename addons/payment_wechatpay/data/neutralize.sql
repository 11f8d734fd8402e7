-- disable wechatpay payment provider
UPDATE payment_provider
   SET wechatpay_appid = NULL,
       wechatpay_mchid = NULL,
       wechatpay_serial = NULL,
       wechatpay_private_key = NULL,
       wechatpay_api_v3_key = NULL,
       wechatpay_public_key_id = NULL,
       wechatpay_public_key = NULL,
       wechatpay_certificates = NULL,
       wechatpay_app_secret = NULL;
