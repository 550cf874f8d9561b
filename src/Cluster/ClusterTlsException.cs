namespace OpenClaw.Cluster;

/// <summary>The cluster's certificates can't be used; the message says which file and why.</summary>
public sealed class ClusterTlsException(string message, Exception? inner = null) : Exception(message, inner);
