using System.Collections.Immutable;

namespace Pulumi;

/// <summary>The engine's log. Under mocks only errors have an effect: they fail the program.</summary>
public static class Log
{
    public static void Debug(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => _ = Deployment.Instance;

    public static void Info(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => _ = Deployment.Instance;

    public static void Warn(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => _ = Deployment.Instance;

    public static void Error(string message, Resource? resource = null, int? streamId = null, bool? ephemeral = null)
        => Deployment.Required.Log.Error(message);
}

/// <summary>What was logged as an error; mocks drop everything below that.</summary>
internal sealed class DeploymentLog
{
    private ImmutableList<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public void Error(string message) => ImmutableInterlocked.Update(ref _errors, (errors, added) => errors.Add(added), message);
}
