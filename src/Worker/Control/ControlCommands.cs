using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenClaw.Worker.Control;

/// <summary>
/// What one command does: reads its arguments, writes lines, and returns null when it was done, or a sentence saying why not.
/// <paramref name="gone"/> fires when the client has hung up or the daemon ends.
/// </summary>
internal delegate Task<string?> ControlCommand(JsonElement arguments, ControlAnswer answer, CancellationToken gone);

/// <summary>The commands of the control socket by their names.</summary>
internal sealed class ControlCommands
{
    private readonly Dictionary<string, ControlCommand> commands = new(StringComparer.Ordinal);

    /// <summary>Registers one; before the server runs.</summary>
    public void Add(string name, ControlCommand command) => commands.Add(name, command);

    public ControlCommand? Find(string name) => commands.GetValueOrDefault(name);
}

/// <summary>Where a command writes: one JSON object a line.</summary>
internal sealed class ControlAnswer(Stream stream)
{
    public async Task Write<T>(T line, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, type);
        await stream.WriteAsync((byte[])[.. json, (byte)'\n'], cancellation).ConfigureAwait(false);
    }
}
