
namespace GopherMesh.DataPlane.Manifests;

/// <summary>Collects what the readers find, so that everything is reported at once.</summary>
public sealed class ReadingReport
{
    private readonly List<FieldProblem> _problems = [];
    private readonly HashSet<(string Manifest, string Path)> _denied = [];
    private readonly List<NotRehearsedField> _notRehearsed = [];

    /// <summary>The fields that are accepted and without effect, in the order in which they were read.</summary>
    public IReadOnlyList<NotRehearsedField> NotRehearsed => _notRehearsed;

    /// <summary>Files a field that cannot be obeyed.</summary>
    internal void Refuse(Manifest manifest, string path, string reason)
    {
        // Of what Istio denies, only Istio's own message is reported.
        if (!_denied.Contains((manifest.DisplayName, path)))
        {
            _problems.Add(new(manifest.DisplayName, path, reason));
        }
    }

    /// <summary>Files what is accepted and has no effect.</summary>
    internal void Note(string manifest, string path, string reason) => _notRehearsed.Add(new(manifest, path, reason));

    /// <summary>Files what Istio would deny.</summary>
    internal void Deny(Manifest manifest, IEnumerable<FieldProblem> problems)
    {
        foreach (var problem in problems)
        {
            _problems.Add(problem);
            _denied.Add((manifest.DisplayName, problem.Path));
        }
    }

    /// <summary>Files a field that no reader took: on the list of what is not rehearsed, or refused.</summary>
    internal void LeftOver(Manifest manifest, string path)
    {
        if (Manifests.NotRehearsed.Reason(manifest.Kind, path) is { } reason)
        {
            _notRehearsed.Add(new(manifest.DisplayName, path, reason));
        }
        else
        {
            Refuse(manifest, path, "not modelled by the rehearsal, or misspelt: correct or remove it, or prove it on a cluster");
        }
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="UnmodelledFieldException">Anything was refused.</exception>
    public void ThrowIfRefused()
    {
        if (_problems.Count > 0)
        {
            throw new UnmodelledFieldException(_problems);
        }
    }
}
