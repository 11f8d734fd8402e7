from odoo import models


class RatingRating(models.Model):
    _inherit = 'rating.rating'

    # The desk and the agents' list count the ratings of the last weeks.
    _rated_on_idx = models.Index('(res_model, rated_on) WHERE consumed IS TRUE')
