from odoo import fields, models


class RatingRating(models.Model):
    _inherit = 'rating.rating'

    is_feedback_published = fields.Boolean(
        string="Comment Published",
        copy=False,
        groups='helpdesk_mgmt.group_helpdesk_manager',
        help="The comment is on the public page of the team, without the customer's name.",
    )
    reminder_date = fields.Datetime(
        string="Reminded On",
        copy=False,
        readonly=True,
        help="When the customer was asked for his opinion once more.",
    )

    _reminder_idx = models.Index(
        '(parent_res_model, parent_res_id, create_date)'
        ' WHERE consumed IS NOT TRUE AND reminder_date IS NULL'
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `rating`: other words than those that were published are not published."""
        if 'feedback' in vals and 'is_feedback_published' not in vals:
            # sudo: rating.rating - the customer takes back what only managers may publish
            published = self.sudo().filtered(
                lambda rating: rating.is_feedback_published and rating.feedback != vals['feedback']
            )
            published.is_feedback_published = False
        return super().write(vals)
