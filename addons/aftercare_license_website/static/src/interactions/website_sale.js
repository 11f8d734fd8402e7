import { patch } from "@web/core/utils/patch";
import { WebsiteSale } from "@website_sale/interactions/website_sale";
import wSaleUtils from "@website_sale/js/website_sale_utils";
import { askServer, getQuantity, showPreview } from "@aftercare_license_website/license_domain_utils";

patch(WebsiteSale.prototype, {
    /**
     * @override of `website_sale` so that a wrong domain is mended on the spot.
     */
    async _addToCart(el) {
        const licenseEl = wSaleUtils.getClosestProductForm(el)?.querySelector(".o_shop_license");
        if (licenseEl) {
            const preview = await this.waitFor(askServer(licenseEl, getQuantity(licenseEl)));
            showPreview(licenseEl, preview);
            if (preview?.error) {
                licenseEl.querySelector(".o_shop_license_input").focus();
                return;
            }
        }
        return super._addToCart(...arguments);
    },

    /**
     * @override of `website_sale` to send the domain with the product.
     */
    _updateRootProduct(form) {
        super._updateRootProduct(...arguments);
        const domain = form.querySelector(".o_shop_license_input")?.value.trim();
        if (domain) {
            this.rootProduct.license_domain = domain;
        }
    },
});
