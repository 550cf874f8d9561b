namespace OpenClaw.Worker.Approvals.Binding;

/// <summary>
/// Variables that change which code a program runs: code before the script's, other modules, libraries, programs, dotfiles. A task that
/// sets one has said nothing of what its value leads to. Data.
/// </summary>
internal static class CodeVariables
{
    private static readonly HashSet<string> Names = new(
        ("PATH HOME XDG_CONFIG_HOME SHELL EDITOR VISUAL PAGER MANPAGER LESSOPEN LESSCLOSE IFS ENV PS4 PROMPT_COMMAND ZDOTDIR SHELLOPTS "
            + "NODE_OPTIONS NODE_PATH PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONUSERBASE PYTHONBREAKPOINT PYTHONWARNINGS "
            + "PYTHONPLATLIBDIR PYTHONEXECUTABLE PYTHONCASEOK VIRTUAL_ENV PERLLIB RUBYOPT RUBYLIB RUBYSHELL GEM_HOME GEM_PATH "
            + "BUNDLE_GEMFILE CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JAVA_OPTS JAVA_HOME PHPRC PHP_INI_SCAN_DIR "
            + "TCLLIBPATH GUILE_LOAD_PATH GCONV_PATH OPENSSL_CONF OPENSSL_MODULES MAKEFLAGS MAKEFILES GOFLAGS RUSTC_WRAPPER RUSTFLAGS "
            + "CC CXX AWKPATH AWKLIBPATH SSH_ASKPASS SUDO_ASKPASS PSModulePath ELIXIR_ERL_OPTIONS ERL_FLAGS ERL_AFLAGS ERL_LIBS "
            + "GLIBC_TUNABLES").Split(' '),
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Starts =
    [
        "LD_", "DYLD_", "BASH_", "GIT_", "PERL5", "DOTNET_", "CORECLR_", "COR_", "COMPLUS_", "NPM_CONFIG_", "BUN_", "DENO_", "LUA_", "R_",
        "JULIA_", "CARGO_", "PIP_", "UV_", "GTK_", "QT_",
    ];

    /// <summary>The first of these names that is such a variable; null: none is.</summary>
    public static string? FindFirst(IEnumerable<string> names) => names.FirstOrDefault(name =>
        Names.Contains(name) || Starts.Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)));
}
