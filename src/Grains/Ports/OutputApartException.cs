namespace OpenClaw.Grains.Ports;

/// <summary>
/// The storage of tasks wrote nothing, because the end came with output and the store has output of that attempt already, or keeps less of
/// it: which of the chunks are new only an append can tell. The storage interface of Orleans has no other way to say so.
/// </summary>
public sealed class OutputApartException() : Exception("The output of this end has to be appended by itself.");
