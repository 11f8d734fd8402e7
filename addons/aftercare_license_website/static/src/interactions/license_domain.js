import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { askServer, getQuantity, showPreview } from "@aftercare_license_website/license_domain_utils";

/**
 * The domain field of a licensed product, on its page and in the cart: says while one types what
 * the domain means, and keeps it in the cart.
 */
export class LicenseDomain extends Interaction {
    static selector = ".o_shop_license";
    dynamicContent = {
        ".o_shop_license_input": {
            "t-on-input": this.debounced(this.check, 400),
            "t-on-change": this.check,
        },
    };

    setup() {
        this.asked = 0;
        this.lastText = this.inputEl.value.trim();
    }

    start() {
        this.resize();
        const text = this.inputEl.value.trim();
        if (text || this.el.parentElement.dataset.hasProblem) {
            this.lastText = null;
            if (text) {
                this.check();
            } else if (this.el.dataset.isRequired) {
                this.inputEl.classList.add("is-invalid");
            }
        }
    }

    get inputEl() {
        return this.el.querySelector(".o_shop_license_input");
    }

    resize() {
        this.inputEl.rows = Math.min(Math.max(this.inputEl.value.split("\n").length, 1), 6);
    }

    async check() {
        this.resize();
        const text = this.inputEl.value.trim();
        const quantity = getQuantity(this.el);
        if (text === this.lastText && quantity === this.lastQuantity) {
            return;
        }
        this.lastText = text;
        this.lastQuantity = quantity;
        const number = ++this.asked;
        const preview = await this.waitFor(askServer(this.el, quantity));
        if (number === this.asked) {
            showPreview(this.el, text ? preview : null);
            if (!text && this.el.dataset.lineId && this.el.dataset.isRequired) {
                this.inputEl.classList.add("is-invalid");
            }
        }
    }
}

registry
    .category("public.interactions")
    .add("aftercare_license_website.license_domain", LicenseDomain);
