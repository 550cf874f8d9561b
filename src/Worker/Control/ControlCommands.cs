using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenClaw.Worker.Control;

/// <summary>
/// What one command does: reads its arguments, writes lines, and returns null when it was done, or a sentence saying why not.
/// <paramref name="clientGone"/> fires when the client has hung up or the daemon ends.
/// </summary>
internal delegate Task<string?> ControlCommand(JsonElement arguments, ControlAnswer answer, CancellationToken clientGone);

/// <summary>The commands of the control socket by their names.</summary>
internal sealed class ControlCommands
{
    private readonly Dictionary<string, (ControlCommand Command, Func<JsonElement, bool> IsOrder)> commands = new(StringComparer.Ordinal);

    /// <summary>
    /// Registers one; before the server runs. <paramref name="isOrder"/>: with these arguments it is the owner's alone, and no task's;
    /// without it anybody who may talk may ask.
    /// </summary>
    public void Add(string name, ControlCommand command, Func<JsonElement, bool>? isOrder = null) =>
        commands.Add(name, (command, isOrder ?? (_ => false)));

    public (ControlCommand Command, Func<JsonElement, bool> IsOrder)? Find(string name) =>
        commands.TryGetValue(name, out var found) ? found : null;
}

/// <summary>Where a command writes: one JSON object a line.</summary>
internal sealed class ControlAnswer(Stream stream)
{
    public async Task WriteLine<T>(T line, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, type);
        await stream.WriteAsync((byte[])[.. json, (byte)'\n'], cancellation);
    }
}
