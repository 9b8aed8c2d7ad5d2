//! The fields of CSAF 2.0, and what 2.1 has otherwise, as tables.
//!
//! After the JSON schemas of the OASIS standard (CSAF 2.0, chapter 3) and of the draft of 2.1. Patterns of single values
//! (languages, CPE names, the inside of CVSS objects) are not looked at: they are handed on as they are.

use super::shape::Shape::{Holds, Instant, List, Number, OneOf, Record, Text};
use super::shape::{Shape, may, must};

static TEXTS: Shape = List(&Text);

static ACKNOWLEDGMENTS: Shape = List(&Record(&[
    may("names", &TEXTS),
    may("organization", &Text),
    may("summary", &Text),
    may("urls", &TEXTS),
]));

static NOTES: Shape = List(&Record(&[
    may("audience", &Text),
    must(
        "category",
        &OneOf(&["description", "details", "faq", "general", "legal_disclaimer", "other", "summary"]),
    ),
    must("text", &Text),
    may("title", &Text),
]));

static REFERENCES: Shape = List(&Record(&[
    may("category", &OneOf(&["external", "self"])),
    must("summary", &Text),
    must("url", &Text),
]));

static PUBLISHER: Shape = Record(&[
    must(
        "category",
        &OneOf(&["coordinator", "discoverer", "multiplier", "other", "translator", "user", "vendor"]),
    ),
    may("contact_details", &Text),
    may("issuing_authority", &Text),
    must("name", &Text),
    must("namespace", &Text),
]);

static TRACKING: Shape = Record(&[
    may("aliases", &TEXTS),
    must("current_release_date", &Instant),
    may(
        "generator",
        &Record(&[
            may("date", &Instant),
            must("engine", &Record(&[must("name", &Text), may("version", &Text)])),
        ]),
    ),
    must("id", &Text),
    must("initial_release_date", &Instant),
    must(
        "revision_history",
        &List(&Record(&[
            must("date", &Instant),
            may("legacy_version", &Text),
            must("number", &Text),
            must("summary", &Text),
        ])),
    ),
    must("status", &OneOf(&["draft", "final", "interim"])),
    must("version", &Text),
]);

static LABELS: Shape = OneOf(&["AMBER", "AMBER+STRICT", "CLEAR", "GREEN", "RED", "WHITE"]);

static DISTRIBUTION: Shape =
    Record(&[may("text", &Text), may("tlp", &Record(&[must("label", &LABELS), may("url", &Text)]))]);

static DOCUMENT: Shape = Record(&[
    may("acknowledgments", &ACKNOWLEDGMENTS),
    may("aggregate_severity", &Record(&[may("namespace", &Text), must("text", &Text)])),
    must("category", &Text),
    must("csaf_version", &OneOf(&["2.0", "2.1"])),
    may("distribution", &DISTRIBUTION),
    may("lang", &Text),
    may("notes", &NOTES),
    must("publisher", &PUBLISHER),
    may("references", &REFERENCES),
    may("source_lang", &Text),
    must("title", &Text),
    must("tracking", &TRACKING),
]);

static FULL_PRODUCT_NAME: Shape = Record(&[
    must("name", &Text),
    must("product_id", &Text),
    may(
        "product_identification_helper",
        &Record(&[
            may("cpe", &Text),
            may(
                "hashes",
                &List(&Record(&[
                    must("file_hashes", &List(&Record(&[must("algorithm", &Text), must("value", &Text)]))),
                    must("filename", &Text),
                ])),
            ),
            may("model_numbers", &TEXTS),
            may("purl", &Text),
            may("sbom_urls", &TEXTS),
            may("serial_numbers", &TEXTS),
            may("skus", &TEXTS),
            may("x_generic_uris", &List(&Record(&[must("namespace", &Text), must("uri", &Text)]))),
        ]),
    ),
]);

static BRANCHES: Shape = List(&Record(&[
    may("branches", &BRANCHES),
    must(
        "category",
        &OneOf(&[
            "architecture",
            "host_name",
            "language",
            "legacy",
            "patch_level",
            "platform",
            "product_family",
            "product_name",
            "product_version",
            "product_version_range",
            "service_pack",
            "specification",
            "vendor",
        ]),
    ),
    must("name", &Text),
    may("product", &FULL_PRODUCT_NAME),
]));

static PRODUCT_TREE: Shape = Record(&[
    may("branches", &BRANCHES),
    may("full_product_names", &List(&FULL_PRODUCT_NAME)),
    may(
        "product_groups",
        &List(&Record(&[must("group_id", &Text), must("product_ids", &TEXTS), may("summary", &Text)])),
    ),
    may(
        "relationships",
        &List(&Record(&[
            must(
                "category",
                &OneOf(&[
                    "default_component_of",
                    "external_component_of",
                    "installed_on",
                    "installed_with",
                    "optional_component_of",
                ]),
            ),
            must("full_product_name", &FULL_PRODUCT_NAME),
            must("product_reference", &Text),
            must("relates_to_product_reference", &Text),
        ])),
    ),
]);

static REMEDIATIONS: Shape = List(&Record(&[
    must(
        "category",
        &OneOf(&[
            "fix_planned",
            "mitigation",
            "no_fix_planned",
            "none_available",
            "optional_patch",
            "vendor_fix",
            "workaround",
        ]),
    ),
    may("date", &Instant),
    must("details", &Text),
    may("entitlements", &TEXTS),
    may("group_ids", &TEXTS),
    may("product_ids", &TEXTS),
    may(
        "restart_required",
        &Record(&[
            must(
                "category",
                &OneOf(&[
                    "connected",
                    "dependencies",
                    "machine",
                    "none",
                    "parent",
                    "service",
                    "system",
                    "vulnerable_component",
                    "zone",
                ]),
            ),
            may("details", &Text),
        ]),
    ),
    may("url", &Text),
]));

static THREATS: Shape = List(&Record(&[
    must("category", &OneOf(&["exploit_status", "impact", "target_set"])),
    may("date", &Instant),
    must("details", &Text),
    may("group_ids", &TEXTS),
    may("product_ids", &TEXTS),
]));

static FLAGS: Shape = List(&Record(&[
    may("date", &Instant),
    may("group_ids", &TEXTS),
    must(
        "label",
        &OneOf(&[
            "component_not_present",
            "inline_mitigations_already_exist",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_not_present",
        ]),
    ),
    may("product_ids", &TEXTS),
]));

static INVOLVEMENTS: Shape = List(&Record(&[
    may("date", &Instant),
    must("party", &OneOf(&["coordinator", "discoverer", "other", "user", "vendor"])),
    must(
        "status",
        &OneOf(&["completed", "contact_attempted", "disputed", "in_progress", "not_contacted", "open"]),
    ),
    may("summary", &Text),
]));

static PRODUCT_STATUS: Shape = Record(&[
    may("first_affected", &TEXTS),
    may("first_fixed", &TEXTS),
    may("fixed", &TEXTS),
    may("known_affected", &TEXTS),
    may("known_not_affected", &TEXTS),
    may("last_affected", &TEXTS),
    may("recommended", &TEXTS),
    may("under_investigation", &TEXTS),
]);

static VULNERABILITIES: Shape = List(&Record(&[
    may("acknowledgments", &ACKNOWLEDGMENTS),
    may("cve", &Text),
    may("cwe", &Record(&[must("id", &Text), must("name", &Text)])),
    may("discovery_date", &Instant),
    may("flags", &FLAGS),
    may("ids", &List(&Record(&[must("system_name", &Text), must("text", &Text)]))),
    may("involvements", &INVOLVEMENTS),
    may("notes", &NOTES),
    may("product_status", &PRODUCT_STATUS),
    may("references", &REFERENCES),
    may("release_date", &Instant),
    may("remediations", &REMEDIATIONS),
    may(
        "scores",
        &List(&Record(&[may("cvss_v2", &CVSS_V2), may("cvss_v3", &CVSS_V3), must("products", &TEXTS)])),
    ),
    may("threats", &THREATS),
    may("title", &Text),
]));

static CVSS_V2: Shape =
    Holds(&[must("version", &OneOf(&["2.0"])), must("vectorString", &Text), must("baseScore", &Number)]);

static CVSS_V3: Shape = Holds(&[
    must("version", &OneOf(&["3.0", "3.1"])),
    must("vectorString", &Text),
    must("baseScore", &Number),
    must("baseSeverity", &OneOf(&["NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"])),
]);

/// A CSAF document, in the fields of 2.0 (and the words of 2.1, which reading takes back where 2.0 has none).
pub(crate) static CSAF: Shape = Record(&[
    must("document", &DOCUMENT),
    may("product_tree", &PRODUCT_TREE),
    may("vulnerabilities", &VULNERABILITIES),
]);
