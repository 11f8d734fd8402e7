import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { Interaction } from "@web/public/interaction";

/** The page of one licence: shows and copies the key, previews a change of the domain. */
export class LicensePage extends Interaction {
    static selector = ".o_license_page";
    dynamicContent = {
        ".o_license_key_show": { "t-on-click": this.toggleKey },
        ".o_license_key_copy": { "t-on-click": this.copyKey },
        "#license_domain": { "t-on-input": this.debounced(this.preview, 350) },
    };

    setup() {
        this.url = `/my/licenses/${this.el.dataset.licenseId}`;
        this.keepLast = new KeepLast();
    }

    async getKey() {
        if (!this.key) {
            this.key = (await this.waitFor(rpc(`${this.url}/key`))).key;
        }
        return this.key;
    }

    async toggleKey(ev) {
        const button = ev.currentTarget;
        const text = this.el.querySelector(".o_license_key_text");
        const isShown = button.getAttribute("aria-pressed") === "true";
        text.textContent = isShown ? text.dataset.masked : await this.getKey();
        this.setButton(button, !isShown);
    }

    async copyKey(ev) {
        const button = ev.currentTarget;
        const key = await this.getKey();
        try {
            await browser.navigator.clipboard.writeText(key);
        } catch {
            // Without https there is no clipboard: show the key, selected.
            const text = this.el.querySelector(".o_license_key_text");
            text.textContent = key;
            browser.getSelection?.().selectAllChildren(text);
            return;
        }
        this.setButton(button, true);
        this.waitForTimeout(() => this.setButton(button, false), 2000);
    }

    setButton(button, isOn) {
        button.setAttribute("aria-pressed", String(isOn));
        button.querySelector(".o_on").classList.toggle("d-none", isOn);
        button.querySelector(".o_off").classList.toggle("d-none", !isOn);
    }

    async preview(ev) {
        const input = ev.target;
        const target = this.el.querySelector(".o_license_preview");
        const domain = input.value.trim();
        input.classList.remove("is-invalid");
        if (!domain) {
            target.replaceChildren();
            return;
        }
        const result = await this.waitFor(
            this.keepLast.add(rpc(`${this.url}/domain/preview`, { domain }))
        );
        input.classList.toggle("is-invalid", Boolean(result.error));
        target.replaceChildren(...this.renderPreview(result));
    }

    renderPreview(result) {
        const nodes = [];
        if (result.display && !result.error) {
            const name = this.createNode("div", "o_license_preview_name", result.display);
            name.dir = "ltr";
            nodes.push(name);
            if (result.domain !== result.display) {
                nodes.push(
                    this.createNode("div", "small text-muted", _t("In programs: %s", result.domain))
                );
            }
        }
        if (result.error) {
            nodes.push(this.createNode("div", "text-danger", result.error.message));
        }
        for (const warning of result.warnings || []) {
            const isInfo = ["SUBDOMAINS_NOT_COVERED", "UNCHANGED"].includes(warning.code);
            const node = this.createNode(
                "div",
                isInfo ? "small text-muted" : "alert alert-warning py-2 px-3 mt-2 mb-0",
                warning.message
            );
            nodes.push(node);
        }
        return nodes;
    }

    createNode(tag, className, text) {
        const node = document.createElement(tag);
        node.className = className;
        node.textContent = text;
        return node;
    }
}

registry.category("public.interactions").add("aftercare_license.license_page", LicensePage);
