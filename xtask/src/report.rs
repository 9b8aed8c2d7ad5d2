use anyhow::{Result, bail};

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What was looked at, in figures: a check that looked at nothing must not pass for a good one.
    pub(crate) looked_at: String,
    /// Each fault in one line, with the place first.
    pub(crate) faults: Vec<String>,
    /// What is no fault yet, but will be one.
    pub(crate) notes: Vec<String>,
}

impl Report {
    /// Prints the report under the check's name.
    ///
    /// # Errors
    /// When there is a fault.
    pub(crate) fn settle(mut self, check: &str) -> Result<()> {
        self.faults.sort();
        self.notes.sort();
        for note in &self.notes {
            println!("{check}: note: {note}");
        }
        for fault in &self.faults {
            println!("{check}: fault: {fault}");
        }
        let verdict = if self.faults.is_empty() { "good" } else { "not good" };
        println!("{check}: {verdict} ({})", self.looked_at);
        match self.faults.len() {
            0 => Ok(()),
            1 => bail!("{check}: 1 fault"),
            n => bail!("{check}: {n} faults"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_faults_fail() {
        let noted = Report { notes: vec!["big".to_owned()], ..Report::default() };
        assert!(noted.settle("trial").is_ok());
        let faulty = Report { faults: vec!["bad".to_owned()], ..Report::default() };
        assert!(faulty.settle("trial").is_err());
    }
}
