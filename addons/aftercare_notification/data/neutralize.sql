-- a copy of a database must not send text messages
UPDATE res_company SET sms_gateway = 'log';
