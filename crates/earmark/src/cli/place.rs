//! The options of every command: where to work, and as whom.

use std::path::PathBuf;

/// Where to work, and as whom.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Place {
    /// The vault to work on [default: ./vault if it exists]
    #[arg(long, global = true, env = "EARMARK_VAULT", value_name = "DIR")]
    pub vault: Option<PathBuf>,
    /// Address of the vault's PostgreSQL ledger, in place of the one that `vault.toml` names
    #[arg(long, global = true, env = "EARMARK_LEDGER", value_name = "URL", hide_env_values = true)]
    pub ledger: Option<String>,
    /// Who acts, for the history and for acts that take two [default: owner]
    #[arg(long = "as", global = true, env = "EARMARK_ACTOR", value_name = "NAME")]
    pub actor: Option<String>,
}
