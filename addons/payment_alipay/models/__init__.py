from . import payment_provider, payment_provider_simulator, payment_transaction
