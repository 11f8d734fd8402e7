-- a copy must not sign in the name of the original
UPDATE license_signing_key
   SET private_key = NULL;
