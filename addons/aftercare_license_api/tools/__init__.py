from . import answers, checkins, jws, limits, openapi, questions, vault, verdict
