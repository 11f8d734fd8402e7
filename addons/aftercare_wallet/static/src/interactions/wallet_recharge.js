import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Shows the bonus while an amount is typed. */
export class WalletRecharge extends Interaction {
    static selector = ".o_wallet_recharge_form";
    dynamicContent = {
        'input[name="amount"]': { "t-on-input": this.onInput },
        ".o_wallet_bonus_preview": {
            "t-att-class": () => ({ "d-none": !this.bonus }),
        },
        ".o_wallet_bonus_amount": { "t-out": () => this.format(this.bonus) },
    };

    setup() {
        this.tiers = JSON.parse(this.el.dataset.tiers);
        this.digits = Number(this.el.dataset.digits);
        this.bonus = this.getBonus(this.el.querySelector('input[name="amount"]').value);
    }

    onInput(event) {
        this.bonus = this.getBonus(event.target.value);
    }

    getBonus(text) {
        const amount = Number(text.trim().replace(",", "."));
        const tier = this.tiers.filter((tier) => tier.from <= amount).pop();
        return tier ? tier.bonus + (amount * tier.percent) / 100 : 0;
    }

    format(amount) {
        return amount.toLocaleString(document.documentElement.lang || undefined, {
            minimumFractionDigits: this.digits,
            maximumFractionDigits: this.digits,
        });
    }
}

registry.category("public.interactions").add("aftercare_wallet.wallet_recharge", WalletRecharge);
