import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";
import { getApplicableNames } from "../conditions/conditions";

/**
 * Shows the extra fields of the ticket form that apply to what was chosen so far. Without it all
 * of them are there, and the server leaves aside what does not apply.
 */
export class TicketProperties extends Interaction {
    static selector = ".o_ticket_properties";

    setup() {
        this.formEl = this.el.closest("form");
        const { rules, values, channel } = JSON.parse(this.el.dataset.rules);
        this.rules = rules;
        this.defaults = values;
        this.channelId = channel;
        this.fieldEls = [...this.el.querySelectorAll(".o_ticket_property")];
    }

    start() {
        this.addListener(this.formEl, "input", () => this.update());
        this.addListener(this.formEl, "change", () => this.update());
        this.update();
    }

    update() {
        const names = getApplicableNames(this.rules, this.getValues(), {
            type_id: this.getChoice("type"),
            category_id: this.getChoice("category"),
            channel_id: this.channelId,
        });
        for (const fieldEl of this.fieldEls) {
            const isShown = names.has(fieldEl.dataset.name);
            fieldEl.classList.toggle("d-none", !isShown);
            for (const inputEl of fieldEl.querySelectorAll("input, select, textarea")) {
                inputEl.disabled = !isShown;
                if (fieldEl.dataset.required && !["checkbox", "hidden"].includes(inputEl.type)) {
                    inputEl.required = isShown;
                }
            }
        }
        this.el.classList.toggle("d-none", !this.fieldEls.some((el) => names.has(el.dataset.name)));
    }

    getChoice(name) {
        return parseInt(this.formEl.querySelector(`#${name}`)?.value) || false;
    }

    getValues() {
        const values = { ...this.defaults };
        for (const fieldEl of this.fieldEls) {
            const { name, type } = fieldEl.dataset;
            if (type === "tags") {
                values[name] = [...fieldEl.querySelectorAll("input:checked")].map((el) => el.value);
            } else if (type === "boolean") {
                values[name] = fieldEl.querySelector("input[type=checkbox]").checked;
            } else {
                values[name] = fieldEl.querySelector("input, select, textarea").value;
            }
        }
        return values;
    }
}

registry
    .category("public.interactions")
    .add("aftercare_helpdesk_form.ticket_properties", TicketProperties);
