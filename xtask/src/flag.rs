use anyhow::{Result, bail};

/// Tells whether `flag` was given, and refuses every other argument.
///
/// # Errors
/// When there is another argument.
pub(crate) fn given(arguments: &[String], flag: Option<&str>) -> Result<bool> {
    let mut given = false;
    for argument in arguments {
        if Some(argument.as_str()) != flag {
            bail!("`{argument}` is no argument of this task");
        }
        given = true;
    }
    Ok(given)
}

/// Refuses all arguments.
///
/// # Errors
/// When there is one.
pub(crate) fn none(arguments: &[String]) -> Result<()> {
    given(arguments, None).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_flag_passes() {
        assert!(given(&["--fast".to_owned()], Some("--check")).is_err());
        assert!(given(&["--check".to_owned()], Some("--check")).unwrap());
        assert!(!given(&[], Some("--check")).unwrap());
        assert!(none(&["--check".to_owned()]).is_err());
    }
}
