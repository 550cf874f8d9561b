using System.Text;
using System.Text.Json;
using OpenClaw.Protocol.Payloads;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Tasks;

namespace OpenClaw.Protocol.Tests.Tasks;

public sealed class SubmitMapperTests
{
    private static readonly string NewSession = "0198c0de-0000-7000-8000-000000000001";

    [Fact]
    public void A_plain_command_is_sealed_and_runs_on_an_original_worker()
    {
        var submit = Validate(new SubmitTask { Command = "echo $HOME `id`\n" });

        Assert.Equal(Kinds.Command, submit.Payload.Kind);
        Assert.False(submit.Payload.NeedsSessionProtocol);
        Assert.Equal(30_000, submit.Payload.DefaultTimeout);
        Assert.Equal("echo $HOME `id`\n", JsonDocument.Parse(submit.Payload.Json).RootElement.GetProperty("command").GetString());
    }

    [Theory]
    [InlineData("""{"argv":["ls","-la"]}""")]
    [InlineData("""{"command":"ls","env":{"A":"1"}}""")]
    [InlineData("""{"command":"ls","cwd":"/tmp"}""")]
    [InlineData("""{"command":"ls","shell":"/bin/dash"}""")]
    [InlineData("""{"command":"ls","stdin":""}""")]
    [InlineData("""{"kind":"backup"}""")]
    [InlineData("""{"kind":"backup","payload":{"any":["thing",1,null]}}""")]
    [InlineData("""{"kind":"file-read","payload":{"path":"/a","offset":4}}""")]
    [InlineData("""{"kind":"file-read","payload":{"path":"/a","encoding":"base64"}}""")]
    [InlineData("""{"kind":"file-edit","payload":{"path":"/a","oldString":"a","newString":"","sha256":"{Zeros}"}}""")]
    [InlineData("""{"kind":"claude-cli","payload":{"prompt":"hi","sessionId":"abcd","model":"opus"}}""")]
    public void What_the_original_worker_does_not_know_needs_protocol_2(string json) =>
        Assert.True(Validate(Read(json.Replace("{Zeros}", new string('0', 64), StringComparison.Ordinal))).Payload.NeedsSessionProtocol);

    [Theory]
    [InlineData("""{"kind":"command","payload":{"command":"ls"}}""")]
    [InlineData("""{"kind":"command","command":"ls"}""")]
    [InlineData("""{"kind":"file-read","payload":{"path":"/a","encoding":"utf8"}}""")]
    [InlineData("""{"kind":"file-write","payload":{"path":"/a","content":"AA==","encoding":"base64"}}""")]
    [InlineData("""{"kind":"claude-cli","payload":{"prompt":"hi","sessionId":"abcd"}}""")]
    public void What_a_compatible_worker_knows_does_not(string json) => Assert.False(Validate(Read(json)).Payload.NeedsSessionProtocol);

    [Fact]
    public void A_custom_payload_is_kept_as_it_is()
    {
        var submit = Validate(Read("""{"kind":"backup","payload":{"deep":{"list":[1,2.50,"x"]}}}"""));

        Assert.Equal("""{"deep":{"list":[1,2.50,"x"]}}""", Encoding.UTF8.GetString(submit.Payload.Json));
    }

    [Theory]
    [InlineData("""{}""", "command")]
    [InlineData("""{"command":""}""", "command")]
    [InlineData("""{"command":" \n"}""", "command")]
    [InlineData("""{"command":"a\u0000b"}""", "command")]
    [InlineData("""{"command":"a","argv":["b"]}""", "argv")]
    [InlineData("""{"argv":[]}""", "argv")]
    [InlineData("""{"argv":["a",null]}""", "argv[1]")]
    [InlineData("""{"argv":["a"],"shell":"/bin/sh"}""", "shell")]
    [InlineData("""{"command":"a","env":{"A=B":"1"}}""", "env.A=B")]
    [InlineData("""{"command":"a","env":{"A\u202e":"1"}}""", "env.A\u202e")]
    [InlineData("""{"command":"a","env":{"A":null}}""", "env.A")]
    [InlineData("""{"command":"a","cwd":""}""", "cwd")]
    [InlineData("""{"command":"a","payload":{"command":"a"}}""", "payload")]
    [InlineData("""{"kind":"Backup"}""", "kind")]
    [InlineData("""{"kind":"back\u200bup"}""", "kind")]
    [InlineData("""{"kind":"backup","command":"a"}""", "command")]
    [InlineData("""{"kind":"backup","payload":[1]}""", "payload")]
    [InlineData("""{"kind":"backup","payload":{"a":"\ud800"}}""", "payload")]
    [InlineData("""{"kind":"backup","payload":{"a":["\u0000"]}}""", "payload")]
    [InlineData("""{"kind":"file-read"}""", "payload")]
    [InlineData("""{"kind":"file-read","payload":{}}""", "payload")]
    [InlineData("""{"kind":"file-read","payload":{"path":"/a","pth":"/b"}}""", "payload")]
    [InlineData("""{"kind":"file-read","payload":{"path":""}}""", "payload.path")]
    [InlineData("""{"kind":"claude-cli","concurrencyKey":"x","payload":{"prompt":"hi","sessionId":"abcd"}}""", "concurrencyKey")]
    public void A_wrong_field_is_named(string json, string field)
    {
        var errors = new FieldErrors();

        Assert.Null(Read(json).ToValidatedSubmit(errors));
        Assert.Equal(field, Assert.Single(errors.ToArray()).Field);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var errors = new FieldErrors();
        Assert.Null(
            Read("""{"timeout":0,"worker":"Studio","priority":10,"labels":["ok","no:no"],"env":{"":"x"}}""").ToValidatedSubmit(errors));

        Assert.Equal(["timeout", "priority", "worker", "labels[1]", "command", "env."], errors.ToArray().Select(e => e.Field));
    }

    [Fact]
    public void A_long_list_of_errors_is_cut()
    {
        var errors = new FieldErrors();
        Assert.Null(new SubmitTask { Argv = [.. Enumerable.Repeat("a", 1), .. Enumerable.Repeat("\0", 1000)] }.ToValidatedSubmit(errors));

        Assert.Equal(FieldErrors.Most, errors.ToArray().Length);
    }

    [Fact]
    public void Invisible_characters_stay_in_a_command()
    {
        var submit = Validate(new SubmitTask { Command = "echo \u202e\u200b" });

        Assert.Equal("echo \u202e\u200b", JsonDocument.Parse(submit.Payload.Json).RootElement.GetProperty("command").GetString());
    }

    [Fact]
    public void A_turn_without_a_conversation_begins_one()
    {
        var turn = new SubmitTurn { Prompt = "hi", SessionId = "", CallbackChannel = " " };
        var submit = turn.ToValidatedSubmit(Agents.Claude, NewSession, new FieldErrors())!;

        Assert.Equal((NewSession, true), (submit.Turn!.SessionKey, submit.Turn.Begins));
        Assert.Equal(120_000, submit.Payload.DefaultTimeout);
        Assert.False(JsonDocument.Parse(submit.Payload.Json).RootElement.TryGetProperty("callbackChannel", out _));
    }

    [Fact]
    public void A_fork_begins_a_conversation_from_the_one_it_names()
    {
        var turn = new SubmitTurn { Prompt = "hi", SessionId = "abcd", Fork = true };
        var submit = turn.ToValidatedSubmit(Agents.Codex, NewSession, new FieldErrors())!;

        Assert.Equal(("codex:" + NewSession, "abcd", true), (submit.Turn!.SessionKey, submit.Turn.Payload.ForkOf, submit.Turn.Begins));
        Assert.Equal((Kinds.Codex, true), (submit.Payload.Kind, submit.Payload.NeedsSessionProtocol));
    }

    [Fact]
    public void A_fork_of_nothing_is_refused()
    {
        var errors = new FieldErrors();

        Assert.Null(new SubmitTurn { Prompt = "hi", Fork = true }.ToValidatedSubmit(Agents.Claude, NewSession, errors));
        Assert.Equal("fork", Assert.Single(errors.ToArray()).Field);
    }

    [Theory]
    [InlineData(0, 1.0, "plan", "Read", "maxTurns")]
    [InlineData(1, 0.0, "plan", "Read", "maxBudgetUsd")]
    [InlineData(1, double.NaN, "plan", "Read", "maxBudgetUsd")]
    [InlineData(1, 1.0, "--x", "Read", "permissionMode")]
    [InlineData(1, 1.0, "plan", "--add-dir", "allowedTools[0]")]
    public void A_limit_or_permission_that_is_none_is_refused(int turns, double budget, string mode, string tool, string field)
    {
        var submit =
            new SubmitTurn { Prompt = "hi", MaxTurns = turns, MaxBudgetUsd = budget, PermissionMode = mode, AllowedTools = [tool] };
        var errors = new FieldErrors();

        Assert.Null(submit.ToValidatedSubmit(Agents.Claude, NewSession, errors));
        Assert.Equal(field, Assert.Single(errors.ToArray()).Field);
    }

    [Fact]
    public void What_a_turn_may_use_goes_into_its_payload_and_is_checked_as_a_commands_is()
    {
        var limits = new TaskLimits { Memory = 2_000_000, Cpu = 1000 };
        var sealedTurn = new SubmitTurn { Prompt = "hi", Limits = limits }.ToValidatedSubmit(Agents.Codex, NewSession, new())!;
        Assert.Equal(limits, sealedTurn.Turn!.Payload.Limits);

        var errors = new FieldErrors();
        Assert.Null(
            new SubmitTurn { Prompt = "hi", Limits = new() { Memory = 1, Cpu = 99 } }.ToValidatedSubmit(Agents.Claude, NewSession, errors));
        Assert.Equal(["limits.memory", "limits.cpu"], errors.ToArray().Select(error => error.Field));
    }

    [Fact]
    public void A_plain_turn_of_Claude_is_for_the_originals_worker_and_one_with_more_is_not()
    {
        var turn = new SubmitTurn { Prompt = "hi" };

        Assert.False(turn.ToValidatedSubmit(Agents.Claude, NewSession, new())!.Payload.NeedsSessionProtocol);
        Assert.True(
            (turn with { Limits = new() { Cpu = 100 } }).ToValidatedSubmit(Agents.Claude, NewSession, new())!.Payload.NeedsSessionProtocol);
        Assert.True((turn with { MaxTurns = 3 }).ToValidatedSubmit(Agents.Claude, NewSession, new())!.Payload.NeedsSessionProtocol);
        Assert.True(turn.ToValidatedSubmit(Agents.Gemini, NewSession, new())!.Payload.NeedsSessionProtocol);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("--flag")]
    [InlineData("-abc")]
    [InlineData("abc")]
    [InlineData("abc/def")]
    [InlineData("abc..def")]
    [InlineData("abcd efgh")]
    [InlineData("0198c0de-0000-7000-8000-0000000000011")]
    public void A_hostile_session_id_is_refused(string id)
    {
        var errors = new FieldErrors();

        Assert.Null(new SubmitTurn { Prompt = "hi", SessionId = id }.ToValidatedSubmit(Agents.Claude, NewSession, errors));
        Assert.Equal("sessionId", Assert.Single(errors.ToArray()).Field);
    }

    [Fact]
    public void What_a_chat_plugin_says_of_itself_becomes_tags()
    {
        var submit = new SubmitTurn
        {
            Prompt = "hi",
            Origin = "discord",
            DispatchMode = "direct",
            ResponseMode = "",
            Entrypoint = "bot",
            Tags = new() { ["entrypoint"] = "mine" },
        }.ToValidatedSubmit(Agents.Claude, NewSession, new FieldErrors())!;

        Assert.Equal([("dispatchMode", "direct"), ("entrypoint", "mine"), ("origin", "discord")],
            submit.Tags!.Select(t => (t.Key, t.Value)).Order());
    }

    [Theory]
    [InlineData("", "x", "old_string")]
    [InlineData(null, "x", "old_string")]
    [InlineData("x", null, "new_string")]
    public void An_edit_names_its_fields_as_the_client_does(string? oldString, string? text, string field)
    {
        var errors = new FieldErrors();

        Assert.Null(new SubmitFileEdit { Path = "/a", OldString = oldString, NewString = text }.ToValidatedSubmit(errors));
        Assert.Equal(field, Assert.Single(errors.ToArray()).Field);
    }

    [Theory]
    [InlineData("AAA", "content")]
    [InlineData("AA==\n", "content")]
    [InlineData(" AA==", "content")]
    [InlineData("AA-_", "content")]
    [InlineData("\0", "content")]
    public void Base64_is_strict(string content, string field)
    {
        var errors = new FieldErrors();

        Assert.Null(new SubmitFileWrite { Path = "/a", Content = content, Encoding = "base64" }.ToValidatedSubmit(errors));
        Assert.Equal(field, Assert.Single(errors.ToArray()).Field);
    }

    [Fact]
    public void File_content_has_its_limit_after_decoding()
    {
        var fits = Convert.ToBase64String(new byte[Limits.FileContent]);
        var tooLong = Convert.ToBase64String(new byte[Limits.FileContent + 1]);

        Assert.NotNull(new SubmitFileWrite { Path = "/a", Content = fits, Encoding = "base64" }.ToValidatedSubmit(new FieldErrors()));
        Assert.Null(new SubmitFileWrite { Path = "/a", Content = tooLong, Encoding = "base64" }.ToValidatedSubmit(new FieldErrors()));
        var twoBytesEach = new string('ä', Limits.FileContent / 2 + 1);
        Assert.Null(new SubmitFileWrite { Path = "/a", Content = twoBytesEach }.ToValidatedSubmit(new FieldErrors()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData(null)]
    public void A_path_is_text(string? path)
    {
        var errors = new FieldErrors();

        Assert.Null(new SubmitFileRead { Path = path }.ToValidatedSubmit(errors));
        Assert.Equal("path", Assert.Single(errors.ToArray()).Field);
        Assert.Null(new SubmitFileRead { Path = new string('a', 4097) }.ToValidatedSubmit(new FieldErrors()));
    }

    private static SubmitTask Read(string json) => JsonSerializer.Deserialize(json, ProtocolJson.Default.SubmitTask)!;

    private static ValidatedSubmit Validate(SubmitTask submit)
    {
        var errors = new FieldErrors();
        var result = submit.ToValidatedSubmit(errors);
        Assert.Empty(errors.ToArray());
        return result!;
    }
}
