"""Payment, messages, mail, shops, documents, and other services. Formats: the providers' documentation."""

from __future__ import annotations

from packgate.guard.detector import Detector
from packgate.guard.tables.rows import END, LEFT, SEPARATOR, named, token

PAYMENT = "payment-keys"
MESSAGING = "messaging-tokens"
SAAS = "saas-tokens"

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

ROWS: tuple[Detector, ...] = (
    # Payment
    token("stripe-key", "Stripe key", r"[rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,247}", "sk_live_", "rk_live_", "sk_test_", "rk_test_", "sk_prod_", "rk_prod_",
          group=PAYMENT, examples=("sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc", "sk_test_" + "BQokikJOvBiI2HlWgH4olfQ2")),
    token("stripe-webhook-secret", "Stripe webhook secret", r"whsec_[A-Za-z0-9+/]{32,64}={0,2}", "whsec_", group=PAYMENT),
    token("square-token", "Square token", r"sq0(?:atp|idp)-[A-Za-z0-9_-]{22}|sq0csp-[A-Za-z0-9_-]{43}|EAAA[lE][A-Za-z0-9_-]{59}", "sq0atp-", "sq0csp-", "EAAAl", "EAAAE",
          group=PAYMENT),
    token("braintree-token", "PayPal Braintree token", r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}", "access_token$", group=PAYMENT),
    token("plaid-token", "Plaid token", rf"access-(?:sandbox|development|production)-{_UUID}", "access-sandbox-", "access-development-", "access-production-",
          group=PAYMENT),
    token("adyen-key", "Adyen key", r"AQE[A-Za-z0-9]{5}[A-Za-z0-9+/=_*-]{80,250}", "AQE", group=PAYMENT),
    token("razorpay-key", "Razorpay key", r"rzp_(?:live|test)_[A-Za-z0-9]{14,24}", "rzp_live_", "rzp_test_", group=PAYMENT),
    token("flutterwave-key", "Flutterwave key", r"FLWSECK(?:_TEST)?-[a-zA-Z0-9]{12,40}(?:-X)?", "FLWSECK", group=PAYMENT),
    token("paddle-key", "Paddle key", r"pdl_(?:live|sdbx)_apikey_[a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}", "pdl_", group=PAYMENT),
    token("mollie-key", "Mollie key", r"(?:live|test)_[A-Za-z0-9]{30}", "live_", "test_", group=PAYMENT, check="mixed"),
    token("gocardless-token", "GoCardless token", r"live_[A-Za-z0-9_-]{40}", "live_", group=PAYMENT, check="mixed"),
    token("lob-key", "Lob key", r"(?:live|test)_[a-f0-9]{35}", "live_", "test_", group=PAYMENT, check="mixed"),
    # Messages and mail
    token("slack-token", "Slack token", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{10,250}", "xoxa", "xoxb", "xoxe", "xoxo", "xoxp", "xoxr",
          "xoxs", "xapp-", group=MESSAGING),
    Detector("slack-webhook", "Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9_/]{20,100})",
             words=("hooks.slack.com",), check="digits", groups=(MESSAGING,)),
    Detector("teams-webhook", "Microsoft Teams webhook", r"webhook\.office\.com/webhookb2/(?P<secret>[A-Za-z0-9@/-]{80,220})",
             words=("webhook.office.com",), check="digits", groups=(MESSAGING,)),
    Detector("discord-webhook", "Discord webhook", r"discord(?:app)?\.com/api/webhooks/(?P<secret>\d{17,20}/[A-Za-z0-9_-]{60,80})",
             words=("discord.com/api/webhooks", "discordapp.com/api/webhooks"), check="digits", groups=(MESSAGING,)),
    Detector("discord-token", "Discord bot token", rf"(?i:discord|bot){SEPARATOR}(?P<secret>[MNO][A-Za-z0-9_-]{{23,27}}\.[A-Za-z0-9_-]{{6}}\.[A-Za-z0-9_-]{{27,38}}){END}",
             words=("discord", "bot"), check="digits", groups=(MESSAGING,)),
    Detector("telegram-token", "Telegram bot token", rf"(?<![\w:])\d{{8,10}}:AA[A-Za-z0-9_-]{{33}}{END}", words=(":aa",), back=10, check="digits", groups=(MESSAGING,)),
    token("sendgrid-key", "SendGrid key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}", "SG.", group=MESSAGING),
    token("twilio-key", "Twilio key", r"SK[a-f0-9]{32}", "SK", group=MESSAGING, check="mixed"),
    named("twilio-auth-token", "Twilio auth token", r"[a-f0-9]{32}", "twilio", group=MESSAGING),
    token("mailgun-key", "Mailgun key", r"key-[a-f0-9]{32}|pubkey-[a-f0-9]{32}", "key-", "pubkey-", group=MESSAGING),
    named("mailgun-signing-key", "Mailgun signing key", r"[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}", "mailgun", group=MESSAGING),
    Detector("mailchimp-key", "Mailchimp key", LEFT + r"[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])", words=("-us",), back=32, check="spread", groups=(MESSAGING,)),
    token("mandrill-key", "Mandrill key", r"md-[A-Za-z0-9_-]{22}", "md-", group=MESSAGING),
    token("brevo-key", "Brevo key", r"x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}", "xkeysib-", "xsmtpsib-", group=MESSAGING),
    token("resend-key", "Resend key", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,28}", "re_", group=MESSAGING),
    named("postmark-token", "Postmark token", _UUID, "postmark", group=MESSAGING, check="spread"),
    # Others
    token("shopify-token", "Shopify token", r"shp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{32}", "shpat_", "shpca_", "shppa_", "shpss_", "shpua_", group=SAAS),
    token("atlassian-token", "Atlassian token", r"ATATT3xFfGF0[A-Za-z0-9_=-]{100,250}", "ATATT3xFfGF0", group=SAAS),
    token("trello-token", "Trello token", r"ATTA[a-f0-9]{64}[A-Z0-9]{8}", "ATTA", group=SAAS),
    token("linear-key", "Linear key", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,64}", "lin_api_", "lin_oauth_", group=SAAS),
    token("notion-token", "Notion token", r"ntn_[A-Za-z0-9]{43,50}|secret_[A-Za-z0-9]{43}", "ntn_", "secret_", group=SAAS),
    token("airtable-token", "Airtable token", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}", "pat", group=SAAS),
    token("figma-token", "Figma token", r"fig(?:d|o|u|or|oh)_[A-Za-z0-9_-]{40,50}", "figd_", "figo_", "figu_", "figor_", "figoh_", group=SAAS),
    token("postman-key", "Postman key", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}", "PMAK-", group=SAAS),
    token("readme-key", "ReadMe key", r"rdme_[a-z0-9]{70}", "rdme_", group=SAAS),
    token("hubspot-token", "HubSpot token", rf"pat-(?:na|eu|ap)\d-{_UUID}", "pat-", group=SAAS),
    token("klaviyo-key", "Klaviyo key", r"pk_[a-f0-9]{34}", "pk_", group=SAAS),
    token("clickup-token", "ClickUp token", r"pk_\d{5,9}_[A-Z0-9]{32}", "pk_", group=SAAS),
    token("contentful-token", "Contentful token", r"CFPAT-[A-Za-z0-9_-]{43}", "CFPAT-", group=SAAS),
    token("dropbox-token", "Dropbox token", r"sl\.(?:u\.)?[A-Za-z0-9_-]{130,1500}", "sl.", group=SAAS),
    token("facebook-token", "Facebook token", r"EAA[A-Za-z0-9]{80,400}", "EAA", group=SAAS),
    token("twitter-bearer", "X bearer token", r"A{20,22}[A-Za-z0-9%]{70,120}", "AAAAAAAAAAAAAAAAAAAA", group=SAAS),
    token("mapbox-token", "Mapbox secret token", r"[st]k\.eyJ[A-Za-z0-9_-]{60,200}\.[A-Za-z0-9_-]{20,30}", "sk.eyJ", "tk.eyJ", group=SAAS),
    token("typeform-token", "Typeform token", r"tfp_[A-Za-z0-9_.-]{44}_[A-Za-z0-9]{14}|tfp_[A-Za-z0-9_.-]{59}", "tfp_", group=SAAS),
    token("easypost-key", "EasyPost key", r"EZ[AT]K[A-Za-z0-9]{54}", "EZAK", "EZTK", group=SAAS),
    token("shippo-token", "Shippo token", r"shippo_(?:live|test)_[a-f0-9]{40}", "shippo_", group=SAAS),
    token("duffel-token", "Duffel token", r"duffel_(?:live|test)_[A-Za-z0-9_-]{43}", "duffel_", group=SAAS),
    token("frameio-token", "Frame.io token", r"fio-u-[A-Za-z0-9_=-]{64}", "fio-u-", group=SAAS),
    token("adobe-secret", "Adobe client secret", r"p8e-[A-Za-z0-9_-]{32}", "p8e-", group=SAAS),
    token("wakatime-key", "WakaTime key", rf"waka_{_UUID}", "waka_", group=SAAS),
    token("launchdarkly-key", "LaunchDarkly key", rf"(?:sdk|api|mob)-{_UUID}", "sdk-", "api-", "mob-", group=SAAS),
    token("posthog-key", "PostHog personal key", r"phx_[A-Za-z0-9]{40,50}", "phx_", group=SAAS),
    token("woocommerce-key", "WooCommerce key", r"c[ks]_[a-f0-9]{40}", "ck_", "cs_", group=SAAS),
    token("zuplo-key", "Zuplo key", r"zpka_[a-f0-9]{32}_[a-f0-9]{8}", "zpka_", group=SAAS),
    token("intercom-token", "Intercom token", r"dG9rO[A-Za-z0-9+/]{50,60}={0,2}", "dG9rO", group=SAAS),
    named("algolia-key", "Algolia admin key", r"[a-f0-9]{32}", "algolia", group=SAAS),
    named("asana-token", "Asana token", r"[012]/\d{10,16}(?:/\d{10,16})?:[a-f0-9]{32}|[a-f0-9]{32}", "asana", group=SAAS),
    named("okta-token", "Okta token", r"00[A-Za-z0-9_-]{40}", "okta", "ssws", group=SAAS),
    named("spotify-secret", "Spotify client secret", r"[a-f0-9]{32}", "spotify", group=SAAS),
    named("dropbox-secret", "Dropbox app secret", r"[a-z0-9]{15}", "dropbox", group=SAAS),
)
