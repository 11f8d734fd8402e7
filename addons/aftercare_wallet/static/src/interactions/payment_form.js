import { PaymentForm } from "@payment/interactions/payment_form";
import { patch } from "@web/core/utils/patch";

patch(PaymentForm.prototype, {
    /**
     * @override The wallet pays at once, on this page.
     */
    async _prepareInlineForm(providerId, providerCode, paymentOptionId, paymentMethodCode, flow) {
        if (providerCode !== "wallet") {
            return super._prepareInlineForm(...arguments);
        }
        if (flow !== "token") {
            this._setPaymentFlow("direct");
        }
    },

    /**
     * @override The button stays off while the wallet has not enough.
     */
    _enableButton() {
        const radio = this.el.querySelector('input[name="o_payment_radio"]:checked');
        const form = radio && this._getInlineForm(radio)?.querySelector(".o_wallet_inline_form");
        if (form && !("isEnough" in form.dataset)) {
            this.env.bus.trigger("ui", "unblock");
            return;
        }
        return super._enableButton(...arguments);
    },

    /**
     * @override Everything is done already: show what came of it.
     */
    async _processDirectFlow(providerCode) {
        if (providerCode !== "wallet") {
            return super._processDirectFlow(...arguments);
        }
        window.location = "/payment/status";
    },
});
