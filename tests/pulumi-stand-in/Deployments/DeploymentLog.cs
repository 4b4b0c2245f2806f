using System.Collections.Immutable;

namespace Pulumi;

/// <summary>What was logged as an error; mocks drop everything below that.</summary>
internal sealed class DeploymentLog
{
    private ImmutableList<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    public void Error(string message) => ImmutableInterlocked.Update(ref _errors, (errors, added) => errors.Add(added), message);
}
