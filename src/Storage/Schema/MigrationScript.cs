using System.Globalization;
using System.Reflection;

namespace OpenClaw.Storage.Schema;

/// <summary>
/// A numbered script that brings a schema one version further. Expand, then contract: it says the oldest schema whose code may still run
/// on what it leaves, so that processes of two builds can share a database.
/// </summary>
internal sealed record MigrationScript(int Version, string Name, int ReadableFrom, string Sql)
{
    private const string ReadableFromMark = "-- readable from: ";

    /// <summary>The scripts of this build in the folder Migrations of a store, in order.</summary>
    public static List<MigrationScript> LoadAll(string store, bool isShared)
    {
        var assembly = Assembly.GetExecutingAssembly();
        var folder = $"OpenClaw.Storage.{store}.Migrations.";
        var scripts = new List<MigrationScript>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith(folder, StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            scripts.Add(Parse(resource[folder.Length..], reader.ReadToEnd(), isShared));
        }
        scripts.Sort((left, right) => left.Version.CompareTo(right.Version));
        return scripts;
    }

    /// <summary>A script from its file name, <c>NNNN_name.sql</c>, and its text.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="sql">Its text.</param>
    /// <param name="isShared">
    /// The first line must be <c>-- readable from: N</c>. Of a database that one process has to itself only the same version is readable.
    /// </param>
    public static MigrationScript Parse(string name, string sql, bool isShared)
    {
        var version = int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture);
        if (!isShared) return new(version, name, version, sql);
        if (!sql.StartsWith(ReadableFromMark, StringComparison.Ordinal))
            throw new InvalidOperationException($"{name} must begin with '{ReadableFromMark}N', the oldest schema whose code may use it.");
        var readableFrom = sql.AsSpan(ReadableFromMark.Length, sql.IndexOf('\n', StringComparison.Ordinal) - ReadableFromMark.Length);
        return new(version, name, int.Parse(readableFrom, CultureInfo.InvariantCulture), sql);
    }
}
