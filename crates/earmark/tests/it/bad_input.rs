//! What the program says to input that is wrong, hostile or merely strange.
