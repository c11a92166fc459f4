package org.loradash.adapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.loradash.autograd.Dense;
import org.loradash.autograd.LowRank;
import org.loradash.autograd.Parameter;
import org.loradash.kernel.Kernels;
import org.loradash.kernel.Tensor;
import org.loradash.model.Target;
import org.loradash.model.WholeTensor;

/** From an adapter's flat parameters to every target's change, and from the changes' gradients back. */
public final class ChainRule {
    private final Adapter adapter;
    private final List<Adapter.Range> factorRanges;
    private final List<Adapter.Range> coordinateRanges;
    private final List<TargetMethod> methods = new ArrayList<>();
    private final List<Coordinates> coordinates = new ArrayList<>();

    public ChainRule(Adapter adapter) {
        this.adapter = adapter;
        this.factorRanges = adapter.factorRanges();
        this.coordinateRanges = adapter.coordinateRanges();
        for (Target target : adapter.targets()) {
            methods.add(adapter.on(target));
            Directions chosen = adapter.directions().get(target.name());
            if (chosen != null) {
                coordinates.add(Coordinates.of(target, chosen));
            }
        }
    }

    /** Writes every target's low-rank change. */
    public void changes(Kernels kernels, Tensor parameters, ChangeFactors changes) {
        for (int i = 0; i < adapter.targets().size(); i++) {
            Target target = adapter.targets().get(i);
            ChangeFactors.Pair pair = changes.of(target.name());
            if (pair == null) {
                continue;
            }
            methods.get(i).change(kernels, part(parameters, factorRanges.get(i)), pair.a(), pair.b());
            if (!coordinates.isEmpty()) {
                coordinates.get(i).change(kernels, part(parameters, coordinateRanges.get(i)), pair.a(), pair.b());
            }
        }
    }

    /**
     * Every target's dense change, by name; empty of a low-rank method. They lie on the parameters' memory and the
     * gradient's: what the model's backward adds there is the gradient of the parameters already.
     */
    public Map<String, Dense> dense(Tensor parameters, Optional<Tensor> gradient) {
        Map<String, Dense> dense = new LinkedHashMap<>();
        for (int i = 0; i < adapter.targets().size(); i++) {
            String name = adapter.targets().get(i).name();
            Adapter.Range range = factorRanges.get(i);
            methods.get(i)
                    .dense(part(parameters, range), gradient.map(whole -> part(whole, range)))
                    .ifPresent(change -> dense.put(name, change));
        }
        return dense;
    }

    /**
     * Every tensor that is trained whole, by name, on the parameters' memory and the gradient's, which becomes zero for the
     * model's backward to add to.
     */
    public Map<String, Parameter> whole(Tensor parameters, Optional<Tensor> gradient) {
        Map<String, Parameter> whole = new LinkedHashMap<>();
        List<WholeTensor> tensors = adapter.wholeTensors();
        for (int i = 0; i < tensors.size(); i++) {
            WholeTensor tensor = tensors.get(i);
            int from = adapter.wholeRanges().get(i).from();
            Optional<Tensor> itsGradient = gradient.map(all -> all.window(from, tensor.rows(), tensor.columns()));
            itsGradient.ifPresent(zeroed -> zeroed.fill(0f));
            whole.put(
                    tensor.name(),
                    new Parameter(parameters.window(from, tensor.rows(), tensor.columns()), itsGradient.orElse(null)));
        }
        return whole;
    }

    /**
     * Turns the gradients of all low-rank changes into the gradient of their parameters, which is overwritten; that of
     * dense changes is left as it is.
     */
    public void backward(Kernels kernels, ChangeFactors changes, ChangeFactors gradients, Tensor gradient) {
        for (int i = 0; i < adapter.targets().size(); i++) {
            Target target = adapter.targets().get(i);
            ChangeFactors.Pair pair = changes.of(target.name());
            if (pair == null) {
                continue;
            }
            ChangeFactors.Pair ofPair = gradients.of(target.name());
            LowRank change = new LowRank(pair.a(), pair.b(), ofPair.a(), ofPair.b());
            methods.get(i).backward(kernels, change, part(gradient, factorRanges.get(i)));
            if (!coordinates.isEmpty()) {
                coordinates.get(i).backward(kernels, change, part(gradient, coordinateRanges.get(i)));
            }
        }
    }

    private static Tensor part(Tensor vector, Adapter.Range range) {
        return vector.window(range.from(), 1, range.size());
    }
}
