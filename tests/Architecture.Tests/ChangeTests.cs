using System.Text.RegularExpressions;

namespace OpenClaw.Architecture.Tests;

/// <summary>
/// What changes that come again and again touch, as CONTRIBUTING.md lists it: the files that name a field of the envelope, a field of a
/// command, a kind that is there. A new file among them is one more place that the next one must not forget.
/// </summary>
public sealed partial class ChangeTests
{
    /// <summary>A word, the folders of src that carry it from the submit to the worker, and the files that name it.</summary>
    public static TheoryData<string, string[], string[]> Carried => new()
    {
        {
            "killGrace|kill_grace", ["Gateway", "GrainInterfaces", "Protocol", "Storage"],
            [
                "Protocol/Limits.cs", "Protocol/Tasks/SubmitTask.cs", "Gateway/Tasks/TaskSpecs.cs", "GrainInterfaces/Tasks/TaskSpec.cs",
                "Storage/Tasks/TaskColumns.cs", "Storage/Postgres/Migrations/0001_tasks.sql",
                "Storage/Sqlite/Migrations/0001_foundation.sql", "Protocol/Attempts/Offer.cs",
                // Tells an offer that is cut from a whole one.
                "Protocol/Workers/WorkersClient.cs",
            ]
        },
        {
            // Nothing of the worker's names it: the result goes there from the server.
            "callbackUrl|callback_url", [""],
            [
                "Protocol/Limits.cs", "Protocol/Tasks/SubmitTask.cs", "Protocol/Tasks/TaskView.cs", "Gateway/Tasks/TaskSpecs.cs",
                "Gateway/Tasks/Submits/SubmitEndpoints.cs", "Gateway/Tasks/TaskReader.cs", "Gateway/Tasks/TaskViews.cs",
                "Gateway/Security/Access/StateViews.cs", "Gateway/Webhooks/UrlSender.cs", "GrainInterfaces/Tasks/TaskSpec.cs",
                "Storage/Tasks/TaskColumns.cs", "Storage/Webhooks/WebhookColumns.cs",
                "Storage/Postgres/Migrations/0012_webhooks.sql", "Storage/Sqlite/Migrations/0009_webhooks.sql",
            ]
        },
        {
            // Who opens it: those who make it and the worker. In between it is kept and handed on.
            "SignedTask", [""],
            [
                "Protocol/ProtocolJson.cs", "Protocol/Signing/SignedTask.cs", "Protocol/Signing/SigningKey.cs",
                "Protocol/Tasks/SubmitTask.cs", "Gateway/Tasks/TaskSpecs.cs", "Worker/Signing/SignatureJudge.cs",
            ]
        },
        {
            "signed", ["GrainInterfaces", "Storage"],
            [
                "GrainInterfaces/Tasks/TaskSpec.cs", "Storage/Tasks/TaskColumns.cs", "Storage/Postgres/Output/KeptOutput.cs",
                "Storage/Sqlite/Output/KeptOutput.cs", "Storage/Postgres/Migrations/0011_signed.sql",
                "Storage/Sqlite/Migrations/0008_signed.sql",
                // Of a yes, not of a task.
                "GrainInterfaces/Tasks/Approval.cs", "GrainInterfaces/Tasks/ITaskGrain.cs",
            ]
        },
        {
            "pty", [""],
            [
                "Protocol/Tasks/SubmitTask.cs", "Protocol/Payloads/CommandPayload.cs", "Worker/Execution/Commands/CommandExecutor.cs",
            ]
        },
        {
            "FileTar(Payload|Executor)?", [""],
            [
                "Protocol/Payloads/Kinds.cs", "Protocol/Payloads/FolderPayloads.cs", "Protocol/ProtocolJson.cs",
                "Worker/Execution/Files/Archives/FileTarExecutor.cs", "Worker/Execution/Settings/ConfiguredExecutors.cs",
            ]
        },
    };

    [Theory, MemberData(nameof(Carried))]
    public void It_is_named_by_these_files_and_no_others(string word, string[] folders, string[] files)
    {
        var name = new Regex($@"\b({word})\b", RegexOptions.IgnoreCase);
        var found = folders.SelectMany(folder => House.Files("*", "src/" + folder)).Where(file => IsCode().IsMatch(file))
            .Where(file => House.Lines(file).Any(line => !IsComment().IsMatch(line) && name.IsMatch(line)));
        Assert.Equal(files.Select(file => "src/" + file).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"\.(cs|sql)$")]
    private static partial Regex IsCode();

    [GeneratedRegex("^ *(//|--)")]
    private static partial Regex IsComment();
}
