import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Copies the link of an affiliate. */
export class ReferralPage extends Interaction {
    static selector = ".o_referral_link";
    dynamicContent = {
        ".o_referral_copy": { "t-on-click": this.copy },
        ".o_referral_share": {
            "t-on-click": this.share,
            "t-att-class": () => ({ "d-none": !browser.navigator.share }),
        },
    };

    get input() {
        return this.el.querySelector(".o_referral_url");
    }

    async copy(ev) {
        const button = ev.currentTarget;
        try {
            await browser.navigator.clipboard.writeText(this.input.value);
        } catch {
            // Without https there is no clipboard: leave the link selected.
            this.input.select();
            return;
        }
        this.setCopied(button, true);
        this.waitForTimeout(() => this.setCopied(button, false), 2000);
    }

    setCopied(button, isOn) {
        button.querySelector(".o_on").classList.toggle("d-none", isOn);
        button.querySelector(".o_off").classList.toggle("d-none", !isOn);
    }

    async share() {
        try {
            await browser.navigator.share({ url: this.input.value });
        } catch {
            // The person changed his mind.
        }
    }
}

registry.category("public.interactions").add("aftercare_referral.referral_page", ReferralPage);

/** Shows the latest months first where the chart is wider than the screen. */
export class ReferralChart extends Interaction {
    static selector = ".o_referral_chart";

    start() {
        const isMirrored = getComputedStyle(this.el).direction === "rtl";
        this.el.scrollLeft = (isMirrored ? -1 : 1) * this.el.scrollWidth;
    }
}

registry.category("public.interactions").add("aftercare_referral.referral_chart", ReferralChart);
