using System.Text.Json;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Signing;
using OpenClaw.Worker.Cli;
using OpenClaw.Worker.FileSystems;
using OpenClaw.Worker.Policy;
using OpenClaw.Worker.Policy.Reading;
using OpenClaw.Worker.Processes;

namespace OpenClaw.Worker.Signing;

/// <summary>Whose signatures count on this PC. Needs no daemon; one that runs reads the file again for each task.</summary>
internal static class KeysVerb
{
    private const int ShortestPrefix = 8;
    private const long DefaultSeconds = 365 * 86_400L;
    private const long MostSeconds = 10 * DefaultSeconds;
    private static readonly VerbOption NameOption = new("--name", "of add: what you call its holder", "NAME");
    private static readonly VerbOption ForOption = new("--for", "of add: so long it is trusted, such as 90d (default 365d)", "TIME");
    private static readonly VerbOption TenantOption = new("--tenant", "of add: tenant its tasks are of (default default)", "TENANT");

    public static Verb Keys { get; } = new("keys", "whose signed tasks count on this PC", call => Task.FromResult(Run(call)))
    {
        Words = "add FILE | list | remove KEY",
        Count = (1, 2),
        Options = [NameOption, ForOption, TenantOption, VerbOption.Json],
        More = """
            add FILE     trusts the public key in a file (PEM, or the base64 in it; - is standard input); once more: trusts it longer
            list         the keys, and until when each is trusted
            remove KEY   trusts it no longer: its name, or the beginning of its id. Not the last one while the policy requires signatures
            """,
    };

    private static int Run(VerbCall call)
    {
        var file = new TrustedKeys(Path.Combine(call.Home, TrustedKeys.FileName));
        if (call.Words is not (["list"] or ["add" or "remove", _])) return Refuse(call, "keys takes add FILE, list or remove KEY");
        var (keys, errors) = file.Load();
        if (errors.Count > 0) return Refuse(call, [.. errors]);
        if (call.Words is ["list"]) return ListKeys(call, keys);
        if (call.Terminal.Variable(ProcessMarker.TaskVariable) is { Length: > 0 } task)
            return Refuse(call, $"keys is the owner's to say, and the task {task} asks; nothing was changed");
        try
        {
            return call.Words is ["add", var source] ? AddKey(call, file, keys, source) : RemoveKey(call, file, keys, call.Words[1]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Refuse(call, error.Message);
        }
    }

    private static int AddKey(VerbCall call, TrustedKeys file, IReadOnlyList<TrustedKey> keys, string source)
    {
        var text = source == "-" ? call.Terminal.In.ReadToEnd() : File.ReadAllText(source);
        if (VerifyingKey.FromText(text) is not { } key) return Refuse(call, $"{source} is no public key on P-256: PEM, PUBLIC KEY");
        var known = keys.FirstOrDefault(one => one.Key.Id == key.Id);
        var (name, tenant) = (call.FindValue(NameOption.Name) ?? known?.Name, call.FindValue(TenantOption.Name) ?? known?.Tenant);
        if (name is null || !Names.IsName(name) || (tenant is not null && !Names.IsName(tenant)))
            return Refuse(call, "--name is needed: a to z, 0 to 9 and -, at most 63, not beginning with -; so is a --tenant");
        if (keys.Any(one => one.Name == name && one != known)) return Refuse(call, $"another key is called {name}: remove it first");
        var seconds = call.FindValue(ForOption.Name) is { } time ? Duration.ParseSeconds(time) : DefaultSeconds;
        if (seconds is not <= MostSeconds) return Refuse(call, $"--for is {Duration.Form}, ten years at most");
        var until = call.Terminal.Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds.Value);
        var added = new TrustedKey(key, name, tenant ?? TaskStatement.DefaultTenant, until);
        PrivateFolder.Ensure(call.Home);
        file.Save([.. keys.Where(one => one != known), added]);
        call.Out.WriteLine($"{added.Title} is trusted until {TrustedKeys.FormatTime(until)}, for tasks of the tenant {added.Tenant}");
        if (LoadPolicy(call)?.Signatures is SignatureMode.Off)
            call.Out.WriteLine("the policy does not look at signatures yet: \"signatures\": \"warn\" or \"require\" in policy.json");
        return VerbExit.Done;
    }

    private static int RemoveKey(VerbCall call, TrustedKeys file, IReadOnlyList<TrustedKey> keys, string meant)
    {
        TrustedKey[] found = [.. keys.Where(one => one.Name == meant
            || (meant.Length >= ShortestPrefix && one.Key.Id.StartsWith(meant, StringComparison.Ordinal)))];
        if (found is not [var gone]) return Refuse(call, $"{(found.Length == 0 ? "no key is" : "more than one key is")} called {meant}");
        TrustedKey[] left = [.. keys.Where(one => one != gone)];
        var now = call.Terminal.Clock.GetUtcNow();
        // A policy that can't be read may be one that requires them, as the daemon goes on with the one of before.
        if (LoadPolicy(call) is null or { Signatures: SignatureMode.Require } && !left.Any(one => one.ExpiresAt > now))
            return Refuse(
                call, $"without {gone.Title} nothing could run here: the policy requires signatures. Add another key first, or change it");
        file.Save(left);
        call.Out.WriteLine($"{gone.Title} is trusted no longer");
        return VerbExit.Done;
    }

    private static int ListKeys(VerbCall call, IReadOnlyList<TrustedKey> keys)
    {
        var now = call.Terminal.Clock.GetUtcNow();
        foreach (var key in keys)
        {
            var until = TrustedKeys.FormatTime(key.ExpiresAt);
            call.Out.WriteLine(call.Json ? FormatJson(key, key.ExpiresAt <= now)
                : $"{key.Name,-20} {key.Key.Id[..16]}  tenant {key.Tenant}  "
                    + (key.ExpiresAt <= now ? $"EXPIRED {until}: keys add, if it is to be trusted on" : $"until {until}"));
        }
        if (keys.Count == 0 && !call.Json) call.Out.WriteLine($"no key is trusted in {call.Home}");
        return VerbExit.Done;
    }

    private static string FormatJson(TrustedKey key, bool expired)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("id", key.Key.Id);
            json.WriteString("name", key.Name);
            json.WriteString("tenant", key.Tenant);
            json.WriteString("expiresAt", TrustedKeys.FormatTime(key.ExpiresAt));
            json.WriteBoolean("expired", expired);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private static OwnerPolicy? LoadPolicy(VerbCall call) => PolicyFile.Load(call.Home, PolicyContext.CreateForThisPc(call.Home)).Policy;

    private static int Refuse(VerbCall call, params string[] sentences)
    {
        foreach (var sentence in sentences)
            call.Error.WriteLine(sentence);
        return VerbExit.No;
    }
}
