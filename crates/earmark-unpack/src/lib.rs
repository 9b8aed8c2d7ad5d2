//! Opening anything as a stream of leaves: directories, archives, mail, HTML.
