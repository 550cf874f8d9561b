using OpenClaw.Gateway.Output;
using OpenClaw.Gateway.Tasks;
using OpenClaw.GrainInterfaces.Tasks;

namespace OpenClaw.Gateway.Notifications;

/// <summary>What a chat channel is told of an ended turn. Pure.</summary>
internal static class AnswerText
{
    private const string Left = "[...] ";

    public static string FormatTurn(TaskSnapshot task, KeptOutput output)
    {
        if (task.State == TaskState.Succeeded) return KeepTail(string.IsNullOrWhiteSpace(output.Stdout) ? "(no output)" : output.Stdout);
        var said = string.IsNullOrWhiteSpace(output.Stdout) ? output.Stderr : output.Stdout;
        var head = $"**Claude: {task.State.ToWireName()}**: {EndMessage.DescribeEnd(task)}";
        if (task.Spec.Session is { } session) head += $"\nsession `{Protocol.Payloads.Agents.GetSessionId(session)}`";
        return string.IsNullOrWhiteSpace(said) ? head : $"{head}\n\n{KeepTail(said)}";
    }

    /// <summary>The end of a long answer says more than its beginning.</summary>
    private static string KeepTail(string text)
    {
        const int Most = NotifyEndpoint.LongestMessage - MessageParts.Longest;
        if (text.Length <= Most) return text;
        var from = text.Length - Most;
        return Left + text[(char.IsLowSurrogate(text[from]) ? from + 1 : from)..];
    }
}
