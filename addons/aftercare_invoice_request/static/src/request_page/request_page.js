import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { Interaction } from "@web/public/interaction";

/** The fields of a title: shows those that its type has, checks the tax number while typing. */
export class InvoiceTitleFields extends Interaction {
    static selector = ".o_invoice_title_fields";
    dynamicContent = {
        "[name=title_type]": { "t-on-change": this.onTypeChange },
        "[name=title_tax_no]": { "t-on-input": this.debounced(this.check, 350) },
        "[name=title_country_id]": { "t-on-change": this.check },
        ".o_invoice_organization": {
            "t-att-class": () => ({ "d-none": this.type === "person" }),
        },
        ".o_invoice_optional": {
            "t-att-class": () => ({ "d-none": this.isFapiao && this.type === "company" }),
        },
    };

    setup() {
        this.keepLast = new KeepLast();
        this.isFapiao = !this.el.querySelector("[name=title_country_id]");
    }

    start() {
        this.check();
    }

    get type() {
        return this.el.querySelector("[name=title_type]:checked")?.value || "company";
    }

    onTypeChange() {
        this.check();
    }

    async check() {
        const input = this.el.querySelector("[name=title_tax_no]");
        const params = {
            title_type: this.type,
            tax_no: input.value,
            country_id: this.el.querySelector("[name=title_country_id]")?.value || null,
        };
        const result = input.value.trim()
            ? await this.waitFor(
                  this.keepLast.add(rpc("/my/invoice-requests/titles/check", params))
              )
            : {};
        const hint = this.el.querySelector(".o_invoice_tax_hint");
        hint.textContent = result.error || result.warning || "";
        hint.classList.toggle("text-danger", Boolean(result.error));
        hint.classList.toggle("text-warning-emphasis", !result.error && Boolean(result.warning));
        input.classList.toggle("is-invalid", Boolean(result.error));
    }
}

/** The page that asks for an invoice: adds up what is chosen, shows what the choice needs. */
export class InvoiceRequestForm extends Interaction {
    static selector = ".o_invoice_request_form";
    dynamicContent = {
        "[name=document], [name=kind]": { "t-on-change": () => this.updateContent() },
        "[name=title_id]": { "t-on-change": this.onTitleChange },
        ".o_invoice_new_title": {
            "t-att-class": () => ({ "d-none": this.getChecked("title_id")?.value !== "new" }),
        },
        ".o_invoice_electronic": { "t-att-class": () => ({ "d-none": this.isPaper }) },
        ".o_invoice_paper": { "t-att-class": () => ({ "d-none": !this.isPaper }) },
        ".o_invoice_special": { "t-att-class": () => ({ "d-none": !this.isSpecial }) },
        ".o_invoice_count": { "t-out": () => String(this.chosen.length) },
        ".o_invoice_sum": { "t-out": () => this.sum },
        ".o_invoice_mixed": { "t-att-class": () => ({ "d-none": this.currencies.length < 2 }) },
        ".o_invoice_submit": {
            "t-att-disabled": () => !this.chosen.length || this.currencies.length > 1,
        },
    };

    getChecked(name) {
        return this.el.querySelector(`[name=${name}]:checked`);
    }

    get chosen() {
        return [...this.el.querySelectorAll("[name=document]:checked")];
    }

    get currencies() {
        return [...new Set(this.chosen.map((input) => input.dataset.currency))];
    }

    get isPaper() {
        return (this.getChecked("kind")?.value || "").startsWith("paper");
    }

    get isSpecial() {
        return (this.getChecked("kind")?.value || "").endsWith("special");
    }

    get sum() {
        if (this.currencies.length !== 1) {
            return "–";
        }
        const total = this.chosen.reduce((sum, input) => sum + Number(input.dataset.amount), 0);
        const { currency, digits } = this.chosen[0].dataset;
        return new Intl.NumberFormat(document.documentElement.lang || undefined, {
            style: "currency",
            currency,
            minimumFractionDigits: Number(digits),
            maximumFractionDigits: Number(digits),
        }).format(total);
    }

    /** Fills in where the invoices of the chosen title go, if it says so. */
    onTitleChange(ev) {
        for (const name of ["email", "delivery_name", "delivery_phone", "delivery_address"]) {
            const value = ev.target.dataset[name];
            if (value) {
                this.el.querySelector(`[name=${name}]`).value = value;
            }
        }
        this.updateContent();
    }
}

registry
    .category("public.interactions")
    .add("aftercare_invoice_request.title_fields", InvoiceTitleFields)
    .add("aftercare_invoice_request.request_form", InvoiceRequestForm);
