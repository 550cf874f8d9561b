using OpenClaw.Gateway.Problems;
using OpenClaw.Gateway.Security.Access;
using OpenClaw.GrainInterfaces.Security;
using OpenClaw.Protocol;
using OpenClaw.Protocol.Problems;
using OpenClaw.Protocol.Security;

namespace OpenClaw.Gateway.Security.Administration;

/// <summary>A token as it is asked for, after all fields were checked.</summary>
internal sealed record TokenOrder(Roles Role, TokenRules? Rules, string? Name, TimeSpan? ExpiresIn)
{
    private const int LongestName = 100;

    /// <summary>Name of the person it is for; null: nobody.</summary>
    public string? Person { get; init; }

    public TokenRights Rights { get; } = TokenRights.FromRules(Role, Rules);

    /// <summary>POST /admin/tokens.</summary>
    public static TokenOrder FromRequest(MakeToken make, FieldErrors errors)
    {
        var role = TokenText.ParseRole(make.Role);
        if (role is Roles.None or Roles.Join) errors.Add("role", "must be client, worker or admin");
        errors.RequirePrintable("name", make.Name, LongestName);
        errors.RequireRange("expiresIn", make.ExpiresIn, 1, Limits.TokenLife);
        errors.RequireName("person", make.Person);
        if (make.Person is not null && role == Roles.Worker) errors.Add("person", "is not for a worker's token: a PC is nobody");
        var rules = ReadRules(role, new ChangeToken
        {
            Scopes = make.Scopes!,
            Narrowing = make.Narrowing,
            RequestsPerMinute = make.RequestsPerMinute,
            MaxQueued = make.MaxQueued,
            MaxRunning = make.MaxRunning,
        }, errors);
        var life = make.ExpiresIn is { } ms && !errors.Any ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        return new(role, rules, make.Name, life) { Person = make.Person };
    }

    /// <summary>Why it can't be this person's: it would have more by name than their roles give, or nothing at all.</summary>
    public Problem? FindMisfit(PersonRecord person)
    {
        var errors = new FieldErrors();
        var theirs = ScopeTable.FromPersonRoles(person.Roles);
        if (Rules?.Scopes is not null && (Rights.Scopes & ~theirs) is var beyond and not Scopes.None)
            errors.Add("scopes", $"can't have {string.Join(", ", ScopeTable.FormatNames(beyond))}: the person's roles do not give it");
        else if ((Rights.Scopes & theirs) == Scopes.None)
            errors.Add("person", "has no role that gives such a token anything");
        if (person.DisabledAt is not null) errors.Add("person", "is disabled");
        return errors.Any ? Problem400.ForFields(errors.ToArray()) : null;
    }

    /// <summary>POST /admin/tokens/{id}: the rules that a token of a role is to have.</summary>
    public static TokenRules? ReadRules(Roles role, ChangeToken change, FieldErrors errors)
    {
        // POST /admin/tokens leaves them out for all of the role.
        var scopes = (string[]?)change.Scopes;
        var (narrowing, perMinute) = (change.Narrowing, change.RequestsPerMinute);
        if (scopes is not null) ValidateScopes(role, scopes, errors);
        errors.RequireRange("requestsPerMinute", perMinute, 1, Limits.RequestsPerMinute);
        RequireTaskLimit("maxQueued", role, change.MaxQueued, Limits.QueuedTasks, errors);
        RequireTaskLimit("maxRunning", role, change.MaxRunning, Limits.RunningTasks, errors);
        if (narrowing is not null && role == Roles.Worker) errors.Add("narrowing", "is not for a worker, which sees its own session alone");
        if (narrowing is { Workers: null, Labels: null, Kinds: null, MaxTimeout: null })
            errors.Add("narrowing", "must have at least one of workers, labels, kinds, maxTimeout");
        if (narrowing is not null) ValidateNarrowing(narrowing, errors.Within("narrowing"));
        if (scopes is null && perMinute is null && narrowing is null && change is { MaxQueued: null, MaxRunning: null }) return null;
        return new TokenRules
        {
            Scopes = scopes,
            Workers = narrowing?.Workers,
            Labels = narrowing?.Labels,
            Kinds = narrowing?.Kinds,
            LongestTimeout = narrowing?.MaxTimeout is { } ms && !errors.Any ? TimeSpan.FromMilliseconds(ms) : null,
            RequestsPerMinute = perMinute,
            MaxQueued = change.MaxQueued,
            MaxRunning = change.MaxRunning,
        };
    }

    private static void RequireTaskLimit(string field, Roles role, int? given, long most, FieldErrors errors)
    {
        errors.RequireRange(field, given, 1, most);
        if (given is not null && role == Roles.Worker) errors.Add(field, "is not for a worker, which submits nothing");
    }

    private static void ValidateScopes(Roles role, string[] scopes, FieldErrors errors)
    {
        if (scopes.Length == 0) errors.Add("scopes", "must name at least one");
        if (role == Roles.None) return;
        var allowed = ScopeTable.GetAllowed(role);
        for (var i = 0; i < scopes.Length; i++)
        {
            if (Array.IndexOf(scopes, scopes[i]) < i) errors.Add($"scopes[{i}]", "is duplicated");
            if ((ScopeTable.FindScope(scopes[i]) & allowed) == 0)
                errors.Add($"scopes[{i}]", $"must be one of {string.Join(", ", ScopeTable.FormatNames(allowed))}");
        }
    }

    private static void ValidateNarrowing(TokenNarrowing narrowing, FieldErrors errors)
    {
        const string NotName = "must be a name: a-z, 0-9 and -, at most 63, no - first";
        ValidateList("workers", narrowing.Workers, text => Names.IsName(text), NotName, errors);
        ValidateList("labels", narrowing.Labels, text => Names.IsRequirable(text), "must be a label that a task may require", errors);
        ValidateList("kinds", narrowing.Kinds, text => Names.IsName(text), NotName, errors);
        errors.RequireRange("maxTimeout", narrowing.MaxTimeout, 1, Limits.Timeout);
    }

    private static void ValidateList(string field, string?[]? list, Func<string, bool> isFit, string message, FieldErrors errors)
    {
        if (list is null) return;
        if (list.Length is 0 or > Limits.NarrowedTo) errors.Add(field, $"must have 1 to {Limits.NarrowedTo} entries");
        for (var i = 0; i < list.Length && i < Limits.NarrowedTo; i++)
            if (list[i] is not { } entry || !isFit(entry)) errors.Add($"{field}[{i}]", message);
    }
}
