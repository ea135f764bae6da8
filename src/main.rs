//! The `copperplate` command: a thin shell over the library.

fn main() -> std::process::ExitCode {
    copperplate::cli::main()
}
