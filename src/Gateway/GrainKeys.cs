namespace OpenClaw.Gateway;

/// <summary>Keys of the grains the gateway calls.</summary>
internal static class GrainKeys
{
    public static string Worker(string tenant, string name) => $"worker:{tenant}/{name}";

    public static string Workers(string tenant) => $"workers:{tenant}";

    public static string Queue(string tenant) => tenant == "default" ? "default/default" : $"{tenant}/default";

    public static string AgentSession(string tenant, string key) => $"session:{tenant}/{key}";

    public static string Token(string id) => $"token:{id}";
}
