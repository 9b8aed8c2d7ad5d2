//! Marking and reading: carriers, the catalog of rules, sites, forms.
