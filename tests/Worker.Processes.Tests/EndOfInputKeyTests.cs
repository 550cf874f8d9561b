using OpenClaw.Worker.Processes.Unix.Terminals;

namespace OpenClaw.Worker.Processes.Tests;

public sealed class EndOfInputKeyTests
{
    private const byte Chosen = 26;

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Nothing_is_struck_while_something_lies_there(bool byLine)
    {
        foreach (var key in new byte[] { 0, EndOfInputKey.ControlD, Chosen })
        {
            Assert.Null(EndOfInputKey.Choose(new TerminalState(true, byLine, key), lineIsOpen: false));
            Assert.Null(EndOfInputKey.Choose(new TerminalState(true, byLine, key), lineIsOpen: true));
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_terminal_that_makes_lines_gets_the_key_it_knows_in_the_middle_of_a_line_too(bool lineIsOpen)
    {
        Assert.Equal(EndOfInputKey.ControlD, EndOfInputKey.Choose(new TerminalState(false, true, EndOfInputKey.ControlD), lineIsOpen));
        Assert.Equal(Chosen, EndOfInputKey.Choose(new TerminalState(false, true, Chosen), lineIsOpen));
        // A byte that ends nothing would only pile up.
        Assert.Null(EndOfInputKey.Choose(new TerminalState(false, true, 0), lineIsOpen));
    }

    [Fact]
    public void A_program_that_reads_every_key_gets_it_once_its_line_is_ended()
    {
        foreach (var key in new byte[] { 0, EndOfInputKey.ControlD, Chosen })
            Assert.Equal(EndOfInputKey.Enter, EndOfInputKey.Choose(new TerminalState(false, false, key), lineIsOpen: true));
        Assert.Equal(EndOfInputKey.ControlD,
            EndOfInputKey.Choose(new TerminalState(false, false, EndOfInputKey.ControlD), lineIsOpen: false));
        Assert.Equal(Chosen, EndOfInputKey.Choose(new TerminalState(false, false, Chosen), lineIsOpen: false));
        Assert.Equal(EndOfInputKey.ControlD, EndOfInputKey.Choose(new TerminalState(false, false, 0), lineIsOpen: false));
    }
}
