namespace OpenClaw.Worker.Processes.Unix.Terminals;

/// <summary>How a terminal stands.</summary>
/// <param name="HasInput">Something lies there that its program can read and has not read yet, an end of input as well.</param>
/// <param name="ByLine">The terminal makes lines and ends of input of what is typed; otherwise its program gets every key.</param>
/// <param name="EndOfInput">The key that ends the input; 0: the program has taken that from it.</param>
internal readonly record struct TerminalState(bool HasInput, bool ByLine, byte EndOfInput);

/// <summary>
/// Which key says that nothing more will be typed. Pure. It is struck whenever nothing lies there to be read, because one stroke ends one
/// read: the next program on the terminal reads too, a change of mode makes a zero byte of an end nobody has read, and a program that asks
/// for a password throws away what was typed before. While one lies there no other is struck: a program that never reads is left with a
/// single one.
/// </summary>
internal static class EndOfInputKey
{
    public const byte ControlD = 4;
    public const byte Enter = (byte)'\r';

    /// <summary>The key, or null: none now.</summary>
    /// <param name="state">The terminal.</param>
    /// <param name="lineIsOpen">
    /// The text ended within a line, and Enter has not been struck. To an editor of lines Ctrl-D means something else there, so the line is
    /// ended first.
    /// </param>
    public static byte? Choose(TerminalState state, bool lineIsOpen) => state switch
    {
        { HasInput: true } => null,
        { ByLine: false } when lineIsOpen => Enter,
        { EndOfInput: not 0 } => state.EndOfInput,
        { ByLine: false } => ControlD,
        _ => null,
    };
}
